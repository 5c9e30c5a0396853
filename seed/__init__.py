"""Rows that an installation starts with: reference rows for every site, a demo county for trying it out."""
