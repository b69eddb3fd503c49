"""Files of images, sounds and videos: how each is checked, described and decoded."""
