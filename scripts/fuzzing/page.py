"""The evidence block of a page: taken out, and put back with its digest renewed."""
import base64
import hashlib
import json
import re
import zlib

BLOCK = re.compile(r'(id="evidence" data-sha256=")(\w+)(">)([^<]*)(</script>)')


def evidence(page):
    """The evidence of a page as a JSON tree."""
    return json.loads(zlib.decompress(base64.b64decode(BLOCK.search(page)[4])))


def with_packed(page, packed):
    """The page with other packed evidence and its digest."""
    digest = hashlib.sha256(packed).hexdigest()
    text = base64.b64encode(packed).decode()
    return BLOCK.sub(lambda found: f"{found[1]}{digest}{found[3]}{text}{found[5]}", page, count=1)


def with_evidence(page, text):
    """The page with other evidence, a JSON text."""
    return with_packed(page, zlib.compress(text.encode("utf-8", errors="surrogatepass"), 9))
