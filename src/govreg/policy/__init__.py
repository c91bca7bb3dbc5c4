"""May this be done, and by when?"""
