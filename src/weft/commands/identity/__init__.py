"""Who there is and who may: users, groups, projects, domains, roles, credentials, the catalogue; pure."""
