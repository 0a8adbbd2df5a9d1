"""What an owner is found by. A name without anything to normalise takes a shorter way to the same words."""

import pytest

from owners.indexing import name_lexemes


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("王芳", {"王芳", "芳", "wangfang", "fang", "wf", "f"}),
        ("曾国", {"曾国", "国", "cengguo", "zengguo", "guo", "cg", "zg", "g"}),
        ("欧 阳", {"欧阳", "阳", "ouyang", "yang", "oy", "y"}),
        ("Ann Lee", {*("annlee"[start:] for start in range(6))}),
    ],
)
def test_words_of_a_name(name: str, words: set[str]) -> None:
    found = name_lexemes(name)
    assert set(found) == words
    assert len(found) == len(words)


def test_long_names_are_found_by_their_beginning() -> None:
    name = "杭州城市建设投资集团股份有限公司分公司"
    tails = [word for word in name_lexemes(name) if word[0] > "\u4e00"]
    assert tails == [name[start:] for start in range(12)]
