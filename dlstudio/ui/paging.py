"""Long lists, one page at a time."""

from collections.abc import Sequence
from typing import TypeVar

import streamlit as st

Item = TypeVar("Item")


def show_page_of(items: Sequence[Item], page_size: int, key: str) -> Sequence[Item]:
    """Show the page numbers, if there is more than one page, and return the items of the chosen.

    Args:
        items: Everything.
        page_size: Items a page, at least 1.
        key: Key of the widget.
    """
    first = show_pages(len(items), page_size, key)
    return items[first : first + page_size]


def show_pages(num_items: int, page_size: int, key: str) -> int:
    """Show the page numbers, if there is more than one page.

    Args:
        num_items: How many items there are.
        page_size: Items a page, at least 1.
        key: Key of the widget.

    Returns:
        Position of the chosen page's first item, from 0.
    """
    num_pages = -(-num_items // page_size)
    if num_pages <= 1:
        return 0
    # A shorter list may have lost the page that was open.
    if st.session_state.get(key, 1) > num_pages:
        st.session_state[key] = num_pages
    with st.container(horizontal=True, vertical_alignment="center"):
        page = st.pagination(num_pages, key=key)
        first = (page - 1) * page_size
        last = min(first + page_size, num_items)
        st.caption(f"{first + 1:,} to {last:,} of {num_items:,}", width="content")
    return first
