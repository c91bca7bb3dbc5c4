"""People who share addresses, by pointers of several kinds."""

from __future__ import annotations

SOURCE = """\
govreg_source: 1
source: shop
title: Shop
connector: sql
config: {url: "sqlite:///shop.db"}
owner: Shop
collections:
  people:
    key: [id]
    subject: customer
    links:
      - {fields: [address_id], to: addresses, role: shared}
    fields:
      id: {category: user.unique_id, identifier: customer_id, activities: [orders]}
      email: {category: user.contact.email, identifier: email, activities: [orders]}
      address_id: {category: user.contact.address, activities: [orders]}
  addresses:
    key: [id]
    fields:
      id: {category: none}
      street: {category: user.contact.address.street, activities: [orders]}
      email: {category: user.contact.email, activities: [orders]}
  visits:
    links:
      - {fields: [person_id], to: people, role: owns}
      - {fields: [address_id], to: addresses, role: shared}
    fields:
      person_id: {category: user.unique_id, activities: [orders]}
      address_id: {category: user.contact.address, activities: [orders]}
      note: {category: user.content, activities: [orders]}
  tickets:
    key: [id]
    links:
      - {fields: [person_id], to: people, role: owns}
      - {fields: [agent_id], to: people, role: mentions}
      - {fields: [address_id], to: addresses, role: shared}
    fields:
      id: {category: none}
      person_id: {category: user.unique_id, activities: [orders]}
      agent_id: {category: user.unique_id, activities: [orders]}
      address_id: {category: user.contact.address, activities: [orders]}
  parcels:
    key: [id]
    links:
      - {fields: [person_id], to: people, role: owns}
      - {fields: [address_id], to: addresses, role: lookup}
    fields:
      id: {category: none}
      person_id: {category: user.unique_id, activities: [orders]}
      address_id: {category: user.contact.address, activities: [orders]}
"""

SCHEMA = """
CREATE TABLE addresses (id INTEGER PRIMARY KEY, street TEXT, email TEXT);
CREATE TABLE people (id INTEGER PRIMARY KEY, email TEXT, address_id TEXT);
CREATE TABLE visits (person_id INTEGER, address_id TEXT, note TEXT);
CREATE TABLE tickets (id INTEGER PRIMARY KEY, person_id INTEGER, agent_id INTEGER, address_id INT);
CREATE TABLE parcels (id INTEGER PRIMARY KEY, person_id INTEGER, address_id INTEGER);
"""
