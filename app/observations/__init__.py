"""Seating plans and recordings of lessons: kept, read, drawn and handed out."""
