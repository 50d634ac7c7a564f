"""RedVest (志愿红): community emergency volunteer work, one record from need to thanks."""
