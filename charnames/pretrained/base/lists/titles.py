"""Titles of films and books, and the people and companies behind them."""

from __future__ import annotations

from charnames.pretrained.base.lists.sources import (
    Lists,
    column,
    json_value,
    package_path,
)


def bokeh_sampledata() -> Lists:
    """Titles of films, their actors, makers and companies (Wikidata)."""
    path = package_path("bokeh_sampledata", "bokeh_sampledata/_data/movies.db")
    actors = _separated(column(path, 'select "Cast" from omdb'))
    makers = [
        *column(path, "select Director from omdb"),
        *column(path, "select Writer from omdb"),
    ]
    return {
        "title:en:films": sorted(set(column(path, "select Title from omdb"))),
        "full:film:cast": sorted(set(actors))[::2],
        "full:film:makers": _separated(makers),
        "company:film:producers": _separated(
            column(path, "select Production from tomatoes")
        ),
    }


def _separated(texts: list[str]) -> list[str]:
    """The names in texts that separate them by commas."""
    return [name for text in texts for name in text.split(", ")]


def faker_literature() -> Lists:
    """Titles of books in English and French, and their authors."""
    path = package_path("faker-literature", "faker_literature/DATAS/literature.json")
    authors = json_value(path)["authors"]
    titles = [book["title"] for author in authors for book in author["books"]]
    return {
        "title:en:books": [title.get("en_US") or "" for title in titles],
        "title:fr:books": [title.get("fr_FR") or "" for title in titles],
        "full:books:authors": [author["name"] for author in authors],
    }


def faker_books() -> Lists:
    """Titles of books, their authors, publishers and genres."""
    from faker_books import _authors, _genres, _publishers, _titles

    return {
        "title:en:faker-books": list(_titles.title_list),
        "full:books:faker-books": list(_authors.author_list),
        "company:books:publishers": list(_publishers.publisher_list),
        "phrase:books:genres": list(_genres.genre_list),
    }
