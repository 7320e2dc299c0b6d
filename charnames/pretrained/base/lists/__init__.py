"""The lists that the base model learns: from packages to labelled names.

A list has a label, `kind:locale:field`. Each package has one function, which gives its
names as the package spells them.
"""
