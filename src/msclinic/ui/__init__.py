"""Qt windows, editors and models: the only place for PySide6."""
