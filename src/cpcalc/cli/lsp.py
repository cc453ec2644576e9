"""`cpcalc lsp`: the language server. It turns what editors ask into questions of `app.editor`."""

import asyncio
import os
from typing import Any

from cpcalc import __version__
from cpcalc.app import check, editor
from cpcalc.app.files import kind_of
from cpcalc.cli import OK, options, output
from cpcalc.diagnostics import Diagnostic, Span
from cpcalc.report.problems import message_of
from cpcalc.source.reader import read
from cpcalc.texts import problem_word

# After so long without a further letter a file is checked.
PAUSE_SECONDS = 0.2
SEVERITIES = ("", "error", "warning", "notice")


def lsp(language: options.Language = "en") -> int:
    """Answer an editor while a file is written.

    It speaks the Language Server Protocol over standard input and output: problems and quick
    fixes, the value of an amount, completion, and where a name is defined.
    """
    try:
        server = _server(language)
    except ImportError:
        return output.Output(language).refuse("no-lsp")
    # streams of its own, which it closes
    server.start_io(os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb"))
    return OK


def _server(language: str) -> Any:
    from lsprotocol import types
    from pygls.lsp.server import LanguageServer
    from pygls.uris import from_fs_path

    server = LanguageServer("cpcalc", __version__)

    def opened(params: Any) -> Any:
        return server.workspace.get_text_document(params.text_document.uri)

    def at(params: Any) -> tuple[str, str, int, int]:
        """Text, file, line and column in characters of what is asked about."""
        file, codec = opened(params), server.workspace.position_codec
        place = codec.position_from_client_units(file.source.split("\n"), params.position)
        return file.source, file.path, place.line, place.character

    def range_of(span: Span, text: str) -> types.Range:
        start = types.Position(span.line - 1, span.column - 1)
        end = types.Position(span.end_line - 1, span.end_column - 1)
        codec = server.workspace.position_codec
        return codec.range_to_client_units([*text.split("\n"), ""], types.Range(start, end))

    def problems(file: Any) -> list[tuple[Diagnostic, types.Diagnostic]]:
        if kind_of(file.source) is None:  # another program's
            return []
        report = check.check_document(read(file.source.encode(), file.path))
        shown = []
        for one in report.diagnostics:
            if one.file == file.path:
                said = "; ".join(message_of(one, language))
                level = types.DiagnosticSeverity(SEVERITIES.index(one.severity))
                place = range_of(one.span or Span(1, 1, 1, 1), file.source)
                shown.append((one, types.Diagnostic(place, said, level, one.code, source="cpcalc")))
        return shown

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    async def changed(params: Any) -> None:
        version = opened(params).version
        await asyncio.sleep(PAUSE_SECONDS)
        file = opened(params)
        if file.version == version:  # it has none once it is closed
            listed = [shown for _, shown in problems(file)]
            server.text_document_publish_diagnostics(
                types.PublishDiagnosticsParams(file.uri, listed, version)
            )

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        nothing = types.PublishDiagnosticsParams(params.text_document.uri, [])
        server.text_document_publish_diagnostics(nothing)

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hover(params: types.HoverParams) -> types.Hover | None:
        said = "\n".join(editor.hover(*at(params), language))
        return types.Hover(types.MarkupContent(types.MarkupKind.PlainText, said)) if said else None

    @server.feature(
        types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=[" ", "/"])
    )
    def complete(params: types.CompletionParams) -> list[types.CompletionItem]:
        span, known = editor.completions(*at(params), language)
        word = range_of(span, opened(params).source)
        return [
            types.CompletionItem(one, detail=says, text_edit=types.TextEdit(word, one))
            for one, says in known.items()
        ]

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    def definition(params: types.DefinitionParams) -> types.Location | None:
        file, span = editor.definition(*at(params)) or ("", Span(1, 1, 1, 1))
        uri = from_fs_path(file) or ""
        text = server.workspace.get_text_document(uri).source if file else ""
        return types.Location(uri, range_of(span, text)) if file else None

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION)
    def mend(params: types.CodeActionParams) -> list[types.CodeAction]:
        file, text = opened(params), opened(params).source
        about = [
            (one, shown)
            for one, shown in problems(file)
            if params.range.start.line <= shown.range.start.line <= params.range.end.line
        ]
        offers = [
            (problem_word("put", language, text=new), [(span, new)], [shown])
            for one, shown in about
            for span, new in editor.fixes(text, file.path, one)
        ]
        spellings = editor.spellings(text, file.path)
        offers += [("cpcalc check --fix", spellings, [])] if spellings else []
        return [
            types.CodeAction(
                title,
                types.CodeActionKind.QuickFix,
                shown,
                edit=types.WorkspaceEdit(
                    {file.uri: [types.TextEdit(range_of(span, text), new) for span, new in edits]}
                ),
            )
            for title, edits, shown in offers
        ]

    return server
