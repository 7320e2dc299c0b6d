"""The base model: made anew from names in packages by `make base`.

It is in the repository and in the source distribution alone. What it reads is in the
extra `pretrain`; charnames/pretrained/README.md says what comes from where.

Reading order: lists/ (sources, a file for each kind of list, exclusions, cleaning,
variants), drawing, training, model.
"""
