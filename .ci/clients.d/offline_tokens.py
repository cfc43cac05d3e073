"""Inspect AI estimates tokens by a file that it fetches from another place than the registry; words do here."""

import tiktoken


class Words:
    def encode(self, text, **_):
        return text.split()


def count_words():
    tiktoken.get_encoding = lambda _: Words()
