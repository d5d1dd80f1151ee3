#!/usr/bin/env python3
"""Recomputes the demo's combined table, delays_by_weather, from the raw CSV files.

A second opinion: it shares no code with millrace nor with the programs of examples/flights, so that where the
two agree in every cell, both are right. Standard library only.

    python3 test/support/recompute.py --from 2026-01-05T00:00:00Z --to 2026-01-06T00:00:00Z [--format csv]

One line per hour, origin and carrier with at least one departure planned in [from, to): JSON unless told.
Columns: hour, origin, carrier, flights, avgDelayMin, airline, windKph, rainMm. In order of the first three.
"""

import argparse
import csv
import json
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

DATA = Path(__file__).resolve().parents[2] / 'examples' / 'flights' / 'data'
COLUMNS = ['hour', 'origin', 'carrier', 'flights', 'avgDelayMin', 'airline', 'windKph', 'rainMm']

# The sample is five weeks long and repeats without end, before and after.
SAMPLE_START = datetime(2013, 6, 10, tzinfo=timezone.utc)
SAMPLE_LENGTH = timedelta(weeks=5)


def main() -> None:
    options = arguments()
    rows = combined(options.start, options.end)
    if options.format == 'csv':
        writer = csv.DictWriter(sys.stdout, COLUMNS, lineterminator='\n')
        writer.writeheader()
        writer.writerows(rows)
    else:
        for row in rows:
            print(json.dumps(row, ensure_ascii=False))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description='Recomputes delays_by_weather from the raw CSV files.')
    parser.add_argument('--from', dest='start', required=True, type=whole_hour, help='first hour, UTC, included')
    parser.add_argument('--to', dest='end', required=True, type=whole_hour, help='last hour, UTC, excluded')
    parser.add_argument('--format', choices=['jsonl', 'csv'], default='jsonl')
    return parser.parse_args()


def whole_hour(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise argparse.ArgumentTypeError(f'{text} has no offset; end it with Z')
    if instant.minute or instant.second or instant.microsecond:
        raise argparse.ArgumentTypeError(f'{text} is not a whole hour')
    return instant.astimezone(timezone.utc)


def combined(start: datetime, end: datetime) -> list[dict]:
    """The rows of the combined table whose hour lies in [start, end)."""
    flights = grouped(read('flights.csv'), 'time_hour')
    weather = {(row['origin'], row['time_hour']): row for row in read('weather.csv')}
    airlines = {row['carrier']: row['name'] for row in read('airlines.csv')}

    rows = []
    hour = start
    while hour < end:
        sampled_hour = as_text(in_sample(hour))
        departures = flights.get(sampled_hour, [])
        for (origin, carrier), group in sorted(by_origin_and_carrier(departures).items()):
            if carrier not in airlines:
                continue
            delays = [int(flight['dep_delay']) for flight in group if flight['dep_time'] != 'NA']
            observed = weather.get((origin, sampled_hour), {'wind_speed': 'NA', 'precip': 'NA'})
            rows.append(
                {
                    'hour': as_text(hour),
                    'origin': origin,
                    'carrier': carrier,
                    'flights': len(group),
                    'avgDelayMin': sum(delays) / len(delays) if delays else None,
                    'airline': airlines[carrier],
                    'windKph': converted(observed['wind_speed'], 1.609344, 1),
                    'rainMm': converted(observed['precip'], 25.4, 2),
                }
            )
        hour += timedelta(hours=1)
    return rows


def in_sample(instant: datetime) -> datetime:
    """The instant of 2013 that stands for this one."""
    return SAMPLE_START + (instant - SAMPLE_START) % SAMPLE_LENGTH


def as_text(instant: datetime) -> str:
    return instant.strftime('%Y-%m-%dT%H:%M:%SZ')


def read(name: str) -> list[dict[str, str]]:
    with open(DATA / name, encoding='utf-8', newline='') as file:
        return list(csv.DictReader(file))


def grouped(rows: list[dict[str, str]], column: str) -> dict[str, list[dict[str, str]]]:
    groups: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        groups.setdefault(row[column], []).append(row)
    return groups


def by_origin_and_carrier(flights: list[dict[str, str]]) -> dict[tuple[str, str], list[dict[str, str]]]:
    groups: dict[tuple[str, str], list[dict[str, str]]] = {}
    for flight in flights:
        groups.setdefault((flight['origin'], flight['carrier']), []).append(flight)
    return groups


def converted(value: str, factor: float, decimals: int) -> float | None:
    return None if value == 'NA' else round(float(value) * factor, decimals)


if __name__ == '__main__':
    main()
