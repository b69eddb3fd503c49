"""What a run tells while it trains and after it ended. Pure data, no I/O."""
