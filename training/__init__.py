"""Commands that retrain what the package ships; nothing in `kg` imports from here."""
