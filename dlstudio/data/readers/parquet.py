"""Parquet files, whose values keep their types."""

import pyarrow as pa
import pyarrow.parquet as pq

from dlstudio.data.arrow_types import stage_type, to_stage_type
from dlstudio.data.readers.request import ReadRequest
from dlstudio.data.sequences.columns import channels_of, is_numeric_list
from dlstudio.data.stage import SettledColumn, Stage, StageWriter
from dlstudio.data.time_zones import zone_of
from dlstudio.errors import DataError
from dlstudio.settings import GIGABYTE
from dlstudio.spec.dataset import ColumnKind

BATCH_CELLS = 2_000_000
MAX_BATCH_ROWS = 64 * 1024
CELL_BYTES = 8


def read_parquet(request: ReadRequest) -> Stage:
    """Read a Parquet file into the stage.

    Args:
        request: What to read, and where the stage goes.

    Raises:
        DataError: The file is damaged, or declares more values than may be unpacked.
    """
    try:
        with pq.ParquetFile(request.path) as file:
            _check_size(request, file.metadata)
            return _stage(request, file)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise DataError(
            f"{request.file_name!r} is a damaged Parquet file: {error}.",
            "Write or download it again.",
            where="file",
        ) from error


def _stage(request: ReadRequest, file: pq.ParquetFile) -> Stage:
    schema = file.schema_arrow
    request.check_num_columns(len(schema))
    types = [stage_type(field.type) for field in schema]
    batch_rows = max(256, min(MAX_BATCH_ROWS, BATCH_CELLS // max(1, len(schema))))
    num_rows = max(1, file.metadata.num_rows)
    size = request.path.stat().st_size
    with StageWriter(request.stage_path, types) as writer:
        writer.mark_typed(range(len(schema)))
        for evidence, field in zip(writer.evidence, schema, strict=True):
            evidence.zone_example = zone_of(field.type)
        for batch in file.iter_batches(batch_size=batch_rows, use_threads=False):
            columns = [to_stage_type(column) for column in batch.columns]
            writer.write(pa.RecordBatch.from_arrays(columns, schema=writer.schema))
            request.report(size * writer.num_rows // num_rows, writer.num_rows)
    return Stage(
        path=request.stage_path,
        names=tuple(schema.names),
        num_rows=writer.num_rows,
        evidence=tuple(writer.evidence),
        format="parquet",
        options={"format": "parquet"},
        settled={
            place: SettledColumn(ColumnKind.SEQUENCE, channels=channels_of(field))
            for place, field in enumerate(schema)
            if is_numeric_list(field.type)
        },
    )


def _check_size(request: ReadRequest, metadata: pq.FileMetaData) -> None:
    """A few bytes can declare any number of equal values."""
    declared = metadata.num_rows * metadata.num_columns * CELL_BYTES
    if declared > request.settings.max_unpacked_bytes:
        raise DataError(
            f"{request.file_name!r} declares {metadata.num_rows:,} rows and "
            f"{metadata.num_columns:,} columns, over "
            f"{request.settings.max_unpacked_bytes / GIGABYTE:,.0f} GB when unpacked.",
            "Choose a part of the rows or columns.",
            where="file",
        )
