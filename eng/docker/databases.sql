-- Run once, when the PostgreSQL of docker-compose.yml is made.
CREATE DATABASE durable;
