"""Taking a stranger's file apart and putting together anew what may stay, in a process of its own.

`child` runs in that process and knows the readers of each type; `parent` starts it and understands its
answer. What hostile bytes do to a reader of pictures or PDFs ends with the process: it has little memory and
time, cannot write files, and finds no secret in its environment.

Nothing in here but `parent` may import the rest of the house: the process would load all of it.
"""
