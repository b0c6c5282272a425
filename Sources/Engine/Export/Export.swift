// Export: see docs/architecture.md.
