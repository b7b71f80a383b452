"""The infusion day as use cases: facts from the record, what screens show, and what people do."""
