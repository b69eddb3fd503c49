"""What was uploaded: which format it has, unpacked if it is an archive."""


from dlstudio.data.readers.delimited import read_delimited
from dlstudio.data.readers.request import ReadRequest
from dlstudio.data.stage import Stage


def read_source(request: ReadRequest) -> Stage:
    """Read any supported file."""
    return read_delimited(request)
