"""The picture of a report in the README, taken by chromium of what `cpcalc report` writes: `just picture`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
PLANT = ROOT / "assessments" / "vpeg" / "dn-01-fish-freezing-plant.yaml"
PICTURE = ROOT / "docs" / "pictures" / "report.png"
PIXELS = "1000,1280"


def main() -> None:
    with TemporaryDirectory() as folder:
        page = Path(folder) / "report.html"
        subprocess.run([sys.executable, "-m", "cpcalc", "report", PLANT, "-o", page], check=True)
        browser = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        shot = [f"--window-size={PIXELS}", f"--screenshot={PICTURE}", page.as_uri()]
        subprocess.run([*browser, *shot], check=True, capture_output=True)


if __name__ == "__main__":
    main()
