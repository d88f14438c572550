"""The packets that go out with a delivery: by kind, each written as PDF and as JSON."""

from collections.abc import Callable, Mapping

from rushes.papers.document import Document
from rushes.papers.dossier import Dossier
from rushes.papers.packet_copyright import copyright_packet
from rushes.papers.packet_credits import credits_packet
from rushes.papers.packet_eo import eo_packet
from rushes.papers.packet_eu50 import eu50_packet
from rushes.papers.packet_guilds import guilds_packet
from rushes.papers.packet_netflix import netflix_packet
from rushes.papers.packet_tpn import tpn_packet
from rushes.papers.pdf import pdf_of

PACKETS: Mapping[str, Callable[[Dossier], Document]] = {
    "eo": eo_packet,
    "copyright": copyright_packet,
    "eu50": eu50_packet,
    "netflix": netflix_packet,
    "guilds": guilds_packet,
    "tpn": tpn_packet,
    "credits": credits_packet,
}
"""By kind: for insurers, the US Copyright Office, the EU, a streamer, Academy and guilds, assessors, the credits."""


def files_of_packet(document: Document) -> dict[str, bytes]:
    """Return a packet's files by name: `KIND.pdf`, and `KIND.json`, whose digest is in the footer of the PDF."""
    return {f"{document.kind}.pdf": pdf_of(document), f"{document.kind}.json": document.json_bytes}
