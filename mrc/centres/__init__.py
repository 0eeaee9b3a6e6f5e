"""Countries, centres, when they are open, and the lines by which they are reached. All of it is data.

A **centre** has a code that stands in case numbers (`LHE`), a host, languages, a time zone, a weekend,
**opening hours** (several a day: lunch and prayer breaks) and **holidays**. A **phone line** is our end of a
conversation: its address, such as `whatsapp:+92…`, belongs to one centre while it is active. Case numbers
take their serial from `CentreSerial`, which two requests never read alike.
"""
