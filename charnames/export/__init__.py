"""Models to take along: an ES module for pages, games and programs in JavaScript.

What a module offers is written in the .d.ts file of its task in javascript/.
"""
