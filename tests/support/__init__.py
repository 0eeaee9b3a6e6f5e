"""What the tests stand on: a machine with servers, a migrated world, a page client, a browser.

`machine` says which programs are needed, `processes` and `services` run them privately on free loopback
ports, `databases` keeps a ready world and hands out copies, `pages` reads and fills pages like a person
without a browser and `lint` checks each page on the way, `browser` runs the real thing.
"""
