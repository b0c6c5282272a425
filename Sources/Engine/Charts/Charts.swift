// Charts: see docs/architecture.md.
