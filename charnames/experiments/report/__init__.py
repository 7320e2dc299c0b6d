"""A page about a model: how it learned, what it writes, and how good that is.

The page is one file of HTML that opens offline: plots are inside it as SVG, it has no
script, and asks for nothing. Every text is escaped when the template is filled.

    contents.py        what a page consists of
    page.py            fills the template; the only user of Jinja2
    training.py        the section about a run, for every task
    letters.py         the section about letter embeddings, for every task
    language_model.py  the sections about a model of names
    classifier.py      the sections about a classifier
    converter.py       the sections about a converter
"""
