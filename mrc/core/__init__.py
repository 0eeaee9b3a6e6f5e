"""What every package stands on: time, the database, errors, states, numbers, keys and text.

No word of the domain is in here, and nothing in here imports from above. `db` holds the session, the
column types and the mixins; `sealed` and `keyring` keep identifying text unreadable outside a running
application; `text` and `phones` turn what people write into what can be compared; `states` is the one
setter that moves a status; `paging` cuts lists by key and never by offset.
"""
