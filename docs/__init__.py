"""Pictures for the documents, and the script that makes them."""
