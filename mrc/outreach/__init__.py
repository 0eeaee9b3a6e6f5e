"""Reaching many: broadcasts to a filtered audience, each reader by their own rules."""
