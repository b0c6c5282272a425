// Toys: see docs/architecture.md.
