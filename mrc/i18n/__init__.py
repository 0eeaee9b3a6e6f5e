"""Languages, scripts, directions, digits and calendars.

`locales` says what a language is to us, `select` which one this reader gets, `calendars` turns typed dates of
either calendar into what is stored (ISO, Gregorian) and back, `formats` holds the template filters,
`catalogues` the translations. English is the source; what is not translated yet falls back to it.
"""
