"""The extension namespace: attributes that ODM 1.3.2 has no place for.

They are written only where a file asks for them. CDISC's schema knows no foreign attribute; such
a file is valid against ``docs/formats/msclinic-odm.xsd``, which redefines it the way ODM allows.
"""

from typing import Any

from lxml import etree

from msclinic.exchange.odm_model import Audit
from msclinic.exchange.odm_text import escape, moment_text

__all__ = ["EXTENSION_NAMESPACE", "audit_extension"]

EXTENSION_NAMESPACE = "urn:msclinic:odm:1"

# Elements are made before they meet their file, whose prefix this is.
etree.register_namespace("msc", EXTENSION_NAMESPACE)


def audit_extension(made: Any, audit: Audit) -> None:
    """Set on an AuditRecord what its elements cannot say.

    Args:
        made: The ``AuditRecord`` element.
        audit: The entry it is about.
    """
    found = {
        "Role": audit.role,
        "AppVersion": audit.app_version,
        "EventTime": moment_text(audit.event_time) if audit.event_time else None,
        "StudyVersion": audit.study_version,
        "Rule": audit.rule,
    }
    for name, value in found.items():
        if value is not None:
            made.set(f"{{{EXTENSION_NAMESPACE}}}{name}", escape(value))
