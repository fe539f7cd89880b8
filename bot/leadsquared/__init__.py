"""The LeadSquared Service Cloud API and nothing else."""
