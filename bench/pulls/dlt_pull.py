"""The same pull with dlt: its rest_api source, its sqlalchemy destination. Settings come by its environment variables."""

import json
import sys
from urllib.parse import quote

import dlt
from dlt.destinations import sqlalchemy
from dlt.sources.rest_api import rest_api_source

told = json.loads(sys.stdin.readline())
login = told["mariadb"]
address = f"{quote(login['user'])}:{quote(login['password'])}@{login['host']}:{login['port']}"

source = rest_api_source(
    {
        "client": {"base_url": told["url"]},
        "resources": [
            {
                "name": told["table"],
                "endpoint": {
                    "path": "orders",
                    "params": {"per_page": told["rows"]},
                    "data_selector": "items",
                    "paginator": {"type": "page_number", "base_page": 1, "page_param": "page", "total_path": "pages"},
                },
                "primary_key": "id",
                # Into a table that is not there yet: nothing has to be found or removed first.
                "write_disposition": "append",
                # As millrace makes them; of the name inside an object, dlt makes the column customer__name.
                "columns": {
                    "id": {"data_type": "bigint", "nullable": False},
                    "ref": {"data_type": "text", "nullable": False},
                    "at": {"data_type": "timestamp", "precision": 3, "nullable": False},
                    "amount": {"data_type": "decimal", "precision": 12, "scale": 2, "nullable": False},
                    "quantity": {"data_type": "bigint", "nullable": False},
                    "customer__name": {"data_type": "text", "nullable": False},
                    "note": {"data_type": "text", "nullable": True},
                    "is_paid": {"data_type": "bool", "nullable": False},
                },
            }
        ],
    }
)
pipeline = dlt.pipeline(
    pipeline_name="pulls",
    destination=sqlalchemy(f"mysql+pymysql://{address}/{login['schema']}?charset=utf8mb4", create_primary_keys=True),
    dataset_name=login["schema"],
)
print("ready", flush=True)

sys.stdin.readline()
pipeline.run(source)
print("done", flush=True)

sys.stdin.readline()
