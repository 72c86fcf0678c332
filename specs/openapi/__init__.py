"""OpenAPI documents as API Gateway reads them: what a document asks for, and what AWS would refuse in it, told with the
line of the document and the rule (docs/decisions/0012)."""

from specs.openapi.contract import Contract, Guard, Operation
from specs.openapi.reading import DOCUMENT, Document, read_document
from specs.openapi.translating import contract_of

__all__ = ["DOCUMENT", "Contract", "Document", "Guard", "Operation", "contract_of", "read_document"]
