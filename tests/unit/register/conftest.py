from __future__ import annotations

from pathlib import Path

import pytest

HEAD = "govreg_source: 1\nsource: shop\ntitle: Shop\nconnector: sql\nowner: Web team\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "sources").mkdir()
    (tmp_path / "activities").mkdir()
    (tmp_path / "activities" / "orders.yaml").write_text(
        "govreg_activity: 1\nactivity: orders\ntitle: Orders\npurpose: Delivering\n"
        "basis: gdpr.6.1.b\nretention: three years\nsource_of_data: the customer\n"
        "recipients:\n  - {name: Posti, role: processor, country: FI}\n",
        encoding="utf-8",
    )
    (tmp_path / "sources" / "shop.yaml").write_text(
        HEAD + "collections:\n"
        "  people:\n"
        "    key: [id]\n"
        "    fields:\n"
        "      id: {category: user.unique_id, identifier: customer_id, activities: [orders]}\n"
        "      mail: {category: user.contact.email, identifier: email, activities: [orders]}\n"
        "  orders:\n"
        "    key: [id]\n"
        "    links:\n"
        "      - {fields: [person], to: people, role: owns}\n"
        "    fields:\n"
        "      id: {category: none}\n"
        "      person: {category: user.unique_id, activities: [orders]}\n",
        encoding="utf-8",
    )
    return tmp_path
