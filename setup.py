"""Packaging of the news-entities pipeline; exact versions are in constraints.txt."""

from setuptools import find_packages, setup

setup(
    name="news-entities",
    version="0.1.0",
    description="News text in, Parquet tables of named entities out: an Apache Beam pipeline.",
    license="Apache-2.0",
    python_requires=">=3.11",
    packages=find_packages(include=["pipeline", "pipeline.*", "transforms", "transforms.*"]),
    package_data={
        "pipeline": ["py.typed"],
        "transforms": ["py.typed"],
        "transforms.model": ["embedded/*"],
    },
    install_requires=[
        "apache-beam[aws]>=2.77,<3",
        "backports-zstd>=1; python_version < '3.14'",
        "filelock>=3.12",
        "nupunkt>=0.8,<0.9",
        "prometheus-client>=0.22,<1",
        "pyarrow>=20",
        "smart-open[http,s3]>=7.5",
        "torch>=2.7",
        "transformers>=5,<6",
    ],
    extras_require={
        "gcp": ["apache-beam[gcp]>=2.77,<3", "smart-open[gcs]>=7.5"],
        "yaml": ["apache-beam[yaml]>=2.77,<3"],
        "train": ["accelerate>=1.10"],
        "docs": ["mkdocs-awesome-nav>=3.2", "mkdocs-material>=9.7"],
        "dev": [
            "duckdb>=1.3",
            "gcp-storage-emulator>=2026.7.19",
            "hypothesis>=6.130",
            "moto[server]>=5.1",
            "mypy>=1.17",
            "pytest>=8.4",
            "pytest-xdist>=3.7",
            "ruff>=0.12",
            "seqeval>=1.2.2",
        ],
    },
    entry_points={"console_scripts": ["news-entities = pipeline.cli:process"]},
)
