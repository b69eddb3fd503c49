"""A file or an earlier version becomes a dataset version."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from dlstudio.data.column_names import RenamedColumn, clean_names
from dlstudio.data.columns import CellStyle
from dlstudio.data.dataset import Dataset
from dlstudio.data.date_order import ambiguity_warning, decide_date_order
from dlstudio.data.evidence import ColumnEvidence
from dlstudio.data.fingerprint import fingerprint, join_digests
from dlstudio.data.kinds import decide_kind, decide_role
from dlstudio.data.line_numbers import LineNumbers, write_lines
from dlstudio.data.options import DateOrder
from dlstudio.data.other_notation import notation_warnings
from dlstudio.data.profile import profile_columns
from dlstudio.data.profile_limits import ProfileLimits
from dlstudio.data.progress import IngestProgress, ProgressCallback
from dlstudio.data.quality import check_quality
from dlstudio.data.sequences.columns import ONLY_CHANNEL
from dlstudio.data.signs import sign_warnings
from dlstudio.data.stage import SettledColumn, Stage
from dlstudio.data.time_zones import zone_warnings
from dlstudio.data.typed_table import (
    CELLS_FILE,
    TABLE_FILE,
    CellSource,
    ColumnPlan,
    WrittenTable,
    unreadable_reason,
    write_table,
)
from dlstudio.data.versions import Reading, folder_bytes, publish
from dlstudio.errors import DataError
from dlstudio.settings import Settings
from dlstudio.spec.dataset import (
    ColumnInfo,
    ColumnKind,
    ColumnRole,
    DatasetInfo,
    QualityWarning,
    SourceInfo,
    UnreadableEntry,
)
from dlstudio.spec.media import MEDIA_FIELDS, MediaSummary


@dataclass(frozen=True)
class Draft:
    """A table on disk that is about to become a version.

    Attributes:
        name: Name of the dataset.
        folder: The build folder, which holds the table.
        roles: The role of each column.
        written: What came of writing the table.
        source: Where the data came from.
        warnings: What is already known about the data.
        reading: How it was read.
        progress: Is told how far the work is.
        summaries: What is known of the files of each column; None for columns without files.
    """

    name: str
    folder: Path
    plans: tuple[ColumnPlan, ...]
    roles: tuple[ColumnRole, ...]
    written: WrittenTable
    num_rows: int
    source: SourceInfo
    warnings: tuple[QualityWarning, ...]
    reading: Reading
    progress: ProgressCallback
    summaries: tuple[MediaSummary | None, ...]


def draft_from_stage(
    stage: Stage, name: str, folder: Path, source: SourceInfo, progress: ProgressCallback
) -> Draft:
    """Decide kinds and roles and write the typed table.

    Args:
        stage: The file as read.
        name: Name of the dataset.
        folder: The build folder.
        source: The file's name and size.
        progress: Is told how far the work is.

    Raises:
        DataError: The file has no rows or no columns.
    """
    _check_has_rows(stage, source)
    names, renamed = clean_names(stage.names)
    order = decide_date_order(stage)
    style = CellStyle(stage.number_style, order, stage.other_decimal)
    plans = tuple(
        plan_column(column, evidence, stage.settled.get(place))
        for place, (column, evidence) in enumerate(zip(names, stage.evidence, strict=True))
    )
    settled = [
        stage.settled.get(place, SettledColumn(plan.kind)) for place, plan in enumerate(plans)
    ]
    written = write_table(CellSource(stage.path), plans, style, folder, progress)
    lines = stage.find_lines()
    write_lines(folder, lines)
    roles = tuple(
        stage.settled[place].role if place in stage.settled else decide_role(plan.kind, evidence)
        for place, (plan, evidence) in enumerate(zip(plans, stage.evidence, strict=True))
    )
    return Draft(
        name=name,
        folder=folder,
        plans=plans,
        roles=roles,
        written=written,
        num_rows=stage.num_rows,
        source=_source_info(stage, source, names, written, order, lines),
        warnings=(
            *_remarks(stage),
            *_renaming_warnings(renamed),
            *ambiguity_warning(stage, names, order),
            *sign_warnings(names, [plan.kind for plan in plans], stage.evidence),
            *notation_warnings(names, [plan.kind for plan in plans], stage),
            *zone_warnings(names, [plan.kind for plan in plans], stage.evidence),
        ),
        reading=Reading(
            digests=written.digests,
            files=tuple(column.files_digest for column in settled),
            decimal=style.numbers.decimal,
            thousands=style.numbers.thousands,
            other_decimal=style.other_decimal,
            date_order=order,
            has_cells=(folder / CELLS_FILE).exists(),
        ),
        progress=progress,
        summaries=tuple(column.summary for column in settled),
    )


def plan_column(
    name: str, evidence: ColumnEvidence, settled: SettledColumn | None = None
) -> ColumnPlan:
    """Decide how a column is stored.

    Args:
        name: Its name.
        evidence: What its cells look like.
        settled: What is known about it beforehand.
    """
    decided = settled.kind if settled else decide_kind(name, evidence)
    is_integer = 0 < evidence.num_numbers == evidence.num_integers
    is_lossless = evidence.is_typed or decided not in (ColumnKind.NUMBER, ColumnKind.DATETIME)
    is_plain = evidence.num_plain_integers == evidence.num_present
    channels = settled.channels if settled else ()
    if decided is ColumnKind.SEQUENCE:
        channels = channels or ONLY_CHANNEL
    return ColumnPlan(name, decided, is_integer, not (is_lossless or is_plain), channels)


def finish(settings: Settings, draft: Draft) -> Dataset:
    """Profile a draft, check its quality and publish it.

    Args:
        settings: Where datasets live, and the limits.
        draft: The table and what is known about it.
    """
    draft.progress(IngestProgress(phase="Profiling columns", fraction=0.8, num_rows=draft.num_rows))
    columns = _described_columns(settings, draft)
    kinds = [column.kind for column in columns]
    names = [column.name for column in columns]
    digests = join_digests(draft.written.digests, draft.reading.files)
    info = DatasetInfo(
        name=draft.name,
        fingerprint=fingerprint(names, kinds, draft.roles, digests),
        num_rows=draft.num_rows,
        columns=columns,
        source=draft.source,
        created_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        size_bytes=folder_bytes(draft.folder),
    )
    draft.progress(IngestProgress(phase="Checking quality", fraction=0.9, num_rows=draft.num_rows))
    warnings = check_quality(Dataset(draft.folder, info), profile_limits(settings, draft.folder))
    info = info.model_copy(update={"warnings": (*draft.warnings, *warnings)})
    folder = publish(settings, draft.folder, info, draft.reading)
    draft.progress(IngestProgress(phase="Done", fraction=1.0, num_rows=draft.num_rows))
    return Dataset(folder, info)


def profile_limits(settings: Settings, folder: Path) -> ProfileLimits:
    """Share the allowed memory between Arrow and DuckDB."""
    return ProfileLimits(
        column_bytes=settings.ingest_memory_bytes // 16,
        duckdb_bytes=settings.ingest_memory_bytes // 2,
        spill_folder=folder / "spill",
    )


def _described_columns(settings: Settings, draft: Draft) -> tuple[ColumnInfo, ...]:
    kinds = [plan.kind for plan in draft.plans]
    limits = profile_limits(settings, draft.folder)
    profiles = profile_columns(draft.folder / TABLE_FILE, kinds, limits)
    facts = zip(draft.roles, draft.written.num_unreadable, draft.summaries, strict=True)
    return tuple(
        profile.model_copy(
            update={"role": role, "num_unreadable": num_unreadable, **_summary_field(summary)}
        )
        for profile, (role, num_unreadable, summary) in zip(profiles, facts, strict=True)
    )


def _summary_field(summary: MediaSummary | None) -> dict[str, MediaSummary]:
    return {} if summary is None else {MEDIA_FIELDS[type(summary)]: summary}


def _check_has_rows(stage: Stage, source: SourceInfo) -> None:
    if stage.num_rows:
        return
    if stage.num_rejected:
        first = stage.rejected[0]
        raise DataError(
            f"No row of {source.file_name!r} could be read; line {first.line} has {first.reason}.",
            "Choose another delimiter, or mend the file.",
            where="delimiter",
        )
    raise DataError(
        f"{source.file_name!r} has column names but no rows.",
        "Choose a file with at least one row below the header.",
        where="file",
    )


def _source_info(
    stage: Stage,
    source: SourceInfo,
    names: Sequence[str],
    written: WrittenTable,
    order: DateOrder,
    lines: LineNumbers,
) -> SourceInfo:
    cells = tuple(
        UnreadableEntry(
            line=lines.of_row(cell.row),
            column=names[cell.place],
            text=cell.text[:200],
            reason=unreadable_reason(cell, lines),
        )
        for cell in written.unreadable
    )
    return source.model_copy(
        update={
            "format": stage.format,
            "options": {**stage.options, "date_order": str(order)},
            "num_rows_rejected": stage.num_rejected,
            "num_cells_unreadable": sum(written.num_unreadable),
            "unreadable": (*stage.rejected, *cells),
        }
    )


def _remarks(stage: Stage) -> list[QualityWarning]:
    return [
        QualityWarning(code=code, where="", problem=problem, fix=fix)
        for code, problem, fix in stage.remarks
    ]


def _renaming_warnings(renamed: Sequence[RenamedColumn]) -> list[QualityWarning]:
    if not renamed:
        return []
    shown = ", ".join(f"column {column.position} is now {column.new!r}" for column in renamed[:5])
    more = f" and {len(renamed) - 5:,} more" if len(renamed) > 5 else ""
    return [
        QualityWarning(
            code="renamed-columns",
            where="",
            problem=f"{len(renamed):,} column names were empty or double: {shown}{more}.",
            fix="Give each column its own name in the file if these names are not clear.",
        )
    ]
