"""What `al.debug` is made of.

`watcher` runs every operation and rule and looks at what they return; `notes` remembers each
operation that was recorded; `call_sites` finds the user's line and names; `nonfinite` tells a NaN
that was born from one that was passed on; `messages` and `hints` say what is known about it.
"""
