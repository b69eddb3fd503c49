"""What a person does in a browser, done by a real one."""
