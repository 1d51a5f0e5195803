"""Packaging of the news-entities pipeline; exact versions are in constraints.txt."""

from pathlib import Path

from setuptools import find_packages, setup

PACKAGES = ("news_entities", "pipeline", "transforms")

setup(
    name="news-entities",
    version="0.2.0",
    description="News text in, Parquet tables of named entities out: an Apache Beam pipeline.",
    long_description=Path(__file__).with_name("README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    classifiers=[
        "Development Status :: 4 - Beta",
        "Intended Audience :: Developers",
        "Intended Audience :: Science/Research",
        "Natural Language :: English",
        "Operating System :: POSIX :: Linux",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
        "Programming Language :: Python :: 3.13",
        "Topic :: Scientific/Engineering :: Artificial Intelligence",
        "Topic :: Text Processing :: Linguistic",
        "Typing :: Typed",
    ],
    python_requires=">=3.11",
    packages=find_packages(include=[*PACKAGES, *(f"{name}.*" for name in PACKAGES)]),
    package_data={
        **{name: ["py.typed"] for name in PACKAGES},
        "pipeline.reporting": ["page/*", "vendor/*"],
        "transforms.model": ["embedded/*"],
    },
    install_requires=[
        "apache-beam[aws]>=2.77,<3",
        "backports-zstd>=1; python_version < '3.14'",
        "charset-normalizer>=3.5",
        "duckdb>=1.3",
        "fastwarc>=2,<3",
        "feedparser>=6.0.11,<7",
        "filelock>=3.12",
        # Without it, every import of Beam warns that it is not there, in each worker as well.
        "google-apitools>=0.5.31",
        "htmldate>=1.11,<2",
        "lxml>=6.1",
        # justext asks for it by an extra of lxml whose name older versions of pip do not find.
        "lxml-html-clean>=0.4",
        "nupunkt>=0.8,<0.9",
        "prometheus-client>=0.22,<1",
        "pyarrow>=20",
        "pycld2>=0.42,<0.43",
        "pyyaml>=6",
        # transformers brings it along, by way of typer.
        "rich>=13.8,<16",
        "shtab>=1.13,<2",
        "smart-open[http,s3]>=7.5",
        "torch>=2.7",
        "trafilatura>=2.3,<2.4",
        "transformers>=5,<6",
    ],
    extras_require={
        "gcp": ["apache-beam[gcp]>=2.77,<3", "smart-open[gcs]>=7.5"],
        "yaml": ["apache-beam[yaml]>=2.77,<3"],
        "train": ["accelerate>=1.10"],
        "docs": ["mkdocs-awesome-nav>=3.2", "mkdocs-material>=9.7"],
        "dev": [
            "gcp-storage-emulator>=2026.7.19",
            "hypothesis>=6.130",
            "moto[server]>=5.1",
            "mypy>=1.17",
            "pandas>=2.2",
            "polars>=1.31",
            "pyiceberg[sql-sqlite]>=0.9",
            "playwright>=1.55",
            "pytest>=8.4",
            "pytest-xdist>=3.7",
            "ruff>=0.12",
            "seqeval>=1.2.2",
            "setuptools>=77",
            "slipcover>=1.1,<2",
            "warcio>=1.7",
        ],
    },
    entry_points={"console_scripts": ["news-entities = pipeline.cli:process"]},
)
