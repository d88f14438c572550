"""Where something happens, in the codes of ISO 3166-1 alpha-2, so that a licence and a show mean the same place."""

from rushes.domain.errors import BadMaterial

_CODES = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR
GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP
KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT
MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW
SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ
UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
"""
TERRITORIES = tuple(_CODES.split())

_SAID = {"UK": "GB", "BRITAIN": "GB", "ENGLAND": "GB", "SCOTLAND": "GB", "WALES": "GB", "USA": "US", "EL": "GR"}
"""What people say for it, and no list of ISO's has."""


def check_territory(code: str) -> str:
    """Return a territory's code in capitals.

    Raises:
        BadMaterial: it is none; what people mean by it is offered.

    >>> check_territory("gb")
    'GB'
    >>> check_territory("UK")
    Traceback (most recent call last):
    rushes.domain.errors.BadMaterial: no territory has the code 'UK'; did you mean 'GB'?
    Write it in two letters, as in GB, US or DE (ISO 3166-1 alpha-2).
    """
    wanted = code.strip().upper()
    if wanted not in TERRITORIES:
        hint = f"; did you mean {_SAID[wanted]!r}?" if wanted in _SAID else ""
        remedy = "Write it in two letters, as in GB, US or DE (ISO 3166-1 alpha-2)."
        raise BadMaterial(f"no territory has the code {code!r}{hint}", remedy=remedy)
    return wanted
