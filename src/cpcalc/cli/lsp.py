"""`cpcalc lsp`: the language server. It turns what editors ask into questions of `app.editor`."""

from __future__ import annotations

import asyncio
import os
from typing import Any

from cpcalc import __version__
from cpcalc.app import editor
from cpcalc.app.check import check_text, fixed_text
from cpcalc.cli import OK, options
from cpcalc.cli.output import Output
from cpcalc.diagnostics import Diagnostic, Span
from cpcalc.report.problems import message_of
from cpcalc.texts import problem_word

# After so long without a further letter a file is checked.
PAUSE_SECONDS = 0.2


def lsp(language: options.Language = "en", debug: options.Debug = False) -> int:
    """Answer an editor while a file is written.

    It speaks the Language Server Protocol over standard input and output: problems and quick
    fixes, the value of an amount, completion, and where a name is defined.
    """
    try:
        server = _server(language)
    except ImportError:
        return Output(language).refuse("no-lsp")
    # streams of its own, which it closes
    server.start_io(os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb"))
    return OK


def _server(language: str) -> Any:
    from lsprotocol import types
    from pygls.lsp.server import LanguageServer
    from pygls.uris import from_fs_path

    server = LanguageServer("cpcalc", __version__)
    severities = {
        "error": types.DiagnosticSeverity.Error,
        "warning": types.DiagnosticSeverity.Warning,
        "notice": types.DiagnosticSeverity.Information,
    }
    found: dict[str, tuple[Diagnostic, ...]] = {}

    def opened(params: Any) -> Any:
        return server.workspace.get_text_document(params.text_document.uri)

    def at(params: Any) -> tuple[str, str, int, int]:
        """Text, file, line and column in characters of what is asked about."""
        file, place = opened(params), params.position
        line = [*file.source.split("\n"), ""][place.line].encode("utf-16-le")
        column = len(line[: 2 * place.character].decode("utf-16-le", "ignore"))
        return file.source, file.path, place.line, column

    def range_of(span: Span, lines: list[str]) -> types.Range:
        def position(line: int, column: int) -> types.Position:
            before = lines[line - 1][: column - 1] if line <= len(lines) else ""
            return types.Position(line - 1, len(before.encode("utf-16-le")) // 2)

        return types.Range(
            position(span.line, span.column), position(span.end_line, span.end_column)
        )

    def diagnostic(problem: Diagnostic, lines: list[str]) -> types.Diagnostic:
        message, remedy = message_of(problem, language)
        return types.Diagnostic(
            range_of(problem.span or Span(1, 1, 1, 1), lines),
            f"{message}; {remedy}",
            severity=severities[problem.severity],
            code=problem.code,
            source="cpcalc",
        )

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    async def changed(params: Any) -> None:
        file, version = opened(params), opened(params).version
        await asyncio.sleep(PAUSE_SECONDS)
        if opened(params).version != version:
            return
        report, _ = check_text(file.source.encode(), file.path)
        own = tuple(one for one in report.diagnostics if one.file == file.path)
        found[file.uri] = own
        lines = file.source.split("\n")
        listed = [diagnostic(problem, lines) for problem in own]
        server.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(file.uri, listed, version)
        )

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hover(params: types.HoverParams) -> types.Hover | None:
        lines = editor.hover(*at(params), language)
        kind = types.MarkupKind.PlainText
        return types.Hover(types.MarkupContent(kind, "\n".join(lines))) if lines else None

    @server.feature(
        types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=[" ", "/"])
    )
    def complete(params: types.CompletionParams) -> list[types.CompletionItem]:
        known = dict(editor.completions(*at(params)))
        return [types.CompletionItem(one, detail=says) for one, says in known.items()]

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    def definition(params: types.DefinitionParams) -> types.Location | None:
        there = editor.definition(*at(params))
        if there is None:
            return None
        file, span = there
        start = types.Position(span.line - 1, span.column - 1)
        return types.Location(from_fs_path(file) or "", types.Range(start, start))

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION)
    def mend(params: types.CodeActionParams) -> list[types.CodeAction]:
        file = opened(params)
        text, lines = file.source, file.source.split("\n")
        kind, actions = types.CodeActionKind.QuickFix, []

        def offer(title: str, edits: list[types.TextEdit], about: list[types.Diagnostic]) -> None:
            edit = types.WorkspaceEdit({file.uri: edits})
            actions.append(types.CodeAction(title, kind=kind, edit=edit, diagnostics=about))

        first, last = params.range.start.line + 1, params.range.end.line + 1
        for problem in found.get(file.uri, ()):
            if problem.span is None or not first <= problem.span.line <= last:
                continue
            for span, new in editor.fixes(text, file.path, problem):
                edits = [types.TextEdit(range_of(span, lines), new)]
                offer(problem_word("put", language, text=new), edits, [diagnostic(problem, lines)])
        change = fixed_text(text, file.path)
        if change is not None:
            pairs = enumerate(zip(lines, change.after.split("\n"), strict=True), start=1)
            edits = [
                types.TextEdit(range_of(Span(row, 1, row, len(old) + 1), lines), new)
                for row, (old, new) in pairs
                if old != new
            ]
            offer("cpcalc check --fix", edits, [])
        return actions

    return server
