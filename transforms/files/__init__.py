"""From what lies in stores to documents. Imports records, and no other room."""
