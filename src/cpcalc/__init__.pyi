from cpcalc.app.api import ProblemsError as ProblemsError
from cpcalc.app.api import Result as Result
from cpcalc.app.api import assess as assess
from cpcalc.app.api import batch as batch
from cpcalc.app.api import check as check
from cpcalc.app.api import diff as diff
from cpcalc.app.api import verify as verify
from cpcalc.app.api import why as why

__version__: str
