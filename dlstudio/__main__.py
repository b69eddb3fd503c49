"""`python -m dlstudio` is the `dlstudio` command."""

from dlstudio.cli.app import main

if __name__ == "__main__":
    main()
