"""What people and programs get to see. Renderers are pure: they take values and return text; only a Terminal writes."""
