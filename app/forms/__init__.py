"""The official forms as WTForms classes: one file per form, found by the registry."""
